"""Train, calibrate and evaluate networks; only `loop` and `cli` need Keras."""
