"""The forms by which records are made and corrected: what is typed becomes a document, and refusals come back to their field."""
