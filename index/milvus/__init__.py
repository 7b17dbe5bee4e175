"""The index of Milvus, for galleries that outgrow one machine."""
