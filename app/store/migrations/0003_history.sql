-- What was said in a record before what it says now.  `changes` maps each path to a list of
-- [value, claim, effective stamp or null, author, parents or null]: changes that a page has replaced, or
-- of which the server's page no longer tells.  The answers that stand are in `record`.
CREATE TABLE history (
    record TEXT NOT NULL,
    changes TEXT NOT NULL
) STRICT;
CREATE INDEX history_of_record ON history (record);
-- Whatever takes a record from this device takes what it once said, too.
CREATE TRIGGER history_goes_with_record AFTER DELETE ON record BEGIN
    DELETE FROM history WHERE record = OLD.id;
END;
