from openrvr.config.cli import main

main()
