"""The static site: the course as a folder of files that needs no server of ours. Run by `python -m explorer.site`."""
