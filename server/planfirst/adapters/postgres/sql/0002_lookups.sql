-- What a change asks for: which lines of a corpus are there, and which texts have a vector already.

CREATE INDEX pair_by_line ON planfirst.pair (corpus_id, line_check);
CREATE INDEX pair_by_text ON planfirst.pair (text_check);
