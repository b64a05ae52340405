"""The evidence room: files taken in once and unchanged, who held and opened them, what rests on them, what seals them."""
