"""The live gallery: a page on this machine that shows an open project and takes what people choose."""
