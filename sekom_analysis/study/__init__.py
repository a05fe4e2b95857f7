"""One study on the disk: codebook, notes, decisions, logs and ledgers, and who may write what."""
