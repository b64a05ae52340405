"""What the tests need around them: a database server, a browser, the command line.  No test is in here."""
