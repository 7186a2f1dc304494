"""What making processes needs besides reads and writes: facts for the gate, words for performers, pages' forms."""
