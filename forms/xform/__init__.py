"""XForm XML: read into a FormDefinition (`load`), and records written and read as XML (`submission`)."""
