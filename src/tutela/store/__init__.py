"""Django plumbing with no heritage word: records, journal, blobs, the words and the geometry by which records are found."""
