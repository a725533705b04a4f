"""Train, calibrate and evaluate networks; `loop` and `cli` are what needs Keras."""
