-- The number of this store's latest commit and its head of the chain: what the file `store.anchor`
-- beside it must say too.  0 in a store that was made before there were anchors.
CREATE TABLE anchor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL,
    head BLOB NOT NULL,
    previous BLOB NOT NULL
) STRICT;
INSERT INTO anchor VALUES (1, 0, x'', x'');
