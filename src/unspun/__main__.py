"""`python -m unspun`."""

from unspun.cli import main

main()
