# The same words, written out as the exec form that docker makes of them.
ENTRYPOINT ["/sbin/sigproxy", "/bin/sh", "-c", "app migrate 0; app web || app report 0"]
