-- One store a database. The dimension of the vectors is that of the embedding model in planfirst.store; the column has
-- none, so that another model needs no other table.

CREATE TABLE planfirst.store (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  embedding text NOT NULL,
  dimension integer NOT NULL CHECK (dimension BETWEEN 1 AND 16000),
  revision bigint NOT NULL,
  created timestamptz NOT NULL
);

CREATE TABLE planfirst.corpus (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  position integer NOT NULL,
  sha256 text NOT NULL,
  origin json NOT NULL,
  count bigint NOT NULL -- of its rows, since counting millions takes seconds
);

-- pair is the line that a store in a folder holds, too: json and not jsonb, which refuses the escape of a NUL.
CREATE TABLE planfirst.pair (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  corpus_id integer NOT NULL REFERENCES planfirst.corpus ON DELETE CASCADE,
  line_check bytea NOT NULL,
  text_check bytea NOT NULL,
  pair json NOT NULL,
  embedding vector NOT NULL
);

-- Beside the row and not in another table, where each vector of a scan would have to be fetched from; a vector that is
-- longer than a page still goes there.
ALTER TABLE planfirst.pair ALTER COLUMN embedding SET STORAGE MAIN;
