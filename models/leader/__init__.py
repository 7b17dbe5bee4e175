"""LEADER, the network that finds minutiae, made into an ONNX file from its author's weights."""
