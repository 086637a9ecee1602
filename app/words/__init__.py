"""Words to make passphrases of: one file a language, one word a line."""
