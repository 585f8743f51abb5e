"""Recipe of the cataract model packs: encoder, fast reader, fine reader and cascade."""
