-- What copies of media are known by, and what one face is searched among.

CREATE TABLE media_print (
    media_id    UUID PRIMARY KEY REFERENCES media (id),
    person_id   UUID NOT NULL REFERENCES person (id),
    kind        TEXT NOT NULL CHECK (kind IN ('picture', 'voice')),
    -- With the person's key.
    sealed      BYTEA NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE INDEX media_print_person ON media_print (person_id, created_at, media_id);

-- Why an officer wants an enrolment although the face stands under another name.
ALTER TABLE enrolment ADD COLUMN despite TEXT;

-- The live ones of a pack, in the order in which they were made.
CREATE INDEX template_live ON template (pack, modality, created_at, id) WHERE retired_at IS NULL;
