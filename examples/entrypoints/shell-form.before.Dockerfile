# The shell form: docker runs /bin/sh -c.  With something left to do after the
# server that shell stays as PID 1; it has no trap and so gets no TERM at all.
ENTRYPOINT app migrate 0; app web || app report 0
