"""CAP 1.2 (OASIS Standard, 2010-07-01), read and written; no kind of partner: BPBD and BMKG share it."""
