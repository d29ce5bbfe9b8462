"""What is outside: calculations, instruments, tables."""
