-- 计分考核: the rule books and the ledger. Entries are only ever added; a wrong one is reversed by another.

-- Version 1 is the one that the house begins with, and stands in the code.
CREATE TABLE points_book (
    version  INTEGER PRIMARY KEY CHECK (version >= 2),
    book     JSONB NOT NULL,
    set_by   UUID NOT NULL REFERENCES officer (id),
    set_at   BIGINT NOT NULL
);

CREATE TABLE points_entry (
    id         UUID PRIMARY KEY,
    person_id  UUID NOT NULL REFERENCES person (id),
    -- What it settles: nothing counts twice.
    fact       TEXT,
    -- The entry that it reverses: once.
    reverses   UUID UNIQUE REFERENCES points_entry (id),
    entry      JSONB NOT NULL,
    at         BIGINT NOT NULL,
    UNIQUE (person_id, fact),
    CHECK ((fact IS NULL) <> (reverses IS NULL))
);
CREATE INDEX points_entry_person ON points_entry (person_id, at, id);

-- When a person was first shown a month: the time in which he may appeal runs from there.
CREATE TABLE points_told (
    person_id  UUID NOT NULL REFERENCES person (id),
    month      TEXT NOT NULL CHECK (length(month) = 7),
    told_at    BIGINT NOT NULL,
    PRIMARY KEY (person_id, month)
);

CREATE TABLE points_appeal (
    entry_id   UUID PRIMARY KEY REFERENCES points_entry (id),
    person_id  UUID NOT NULL REFERENCES person (id),
    appeal     JSONB NOT NULL,
    filed_at   BIGINT NOT NULL,
    decided_at BIGINT
);
CREATE INDEX points_appeal_person ON points_appeal (person_id);
CREATE INDEX points_appeal_open ON points_appeal (entry_id) WHERE decided_at IS NULL;
