/* SPDX-License-Identifier: MIT */
/*
 * static.ld - added to GNU ld's own script (INSERT) for a static link.
 *
 * A section costs 64 bytes of the file for its header: what libc's start-up
 * brings in sections of 3 to 8 bytes joins .text. What the compiler brings
 * for constructors, transactional memory and unwinding nobody uses: libc
 * calls what stands between __init_array_start and _end, which is nothing.
 *
 * First what runs between a signal and the command's handler, side by side: it
 * is cold then, and each page and line of it takes time (docs/performance.md).
 */

/* What libc's authors align to 16 bytes for speed need not be on this machine. */
#if defined(__x86_64__) || defined(__i386__)
#define ALIGNED_TO SUBALIGN(1)
#else
#define ALIGNED_TO
#endif

SECTIONS
{
	/DISCARD/ : {
		*crtbegin*.o(.text .init_array .fini_array .bss)
		*crtbegin*.o(.data.rel.local)
		*crtend*.o(.eh_frame)
	}
	.text : ALIGNED_TO {
		KEEP(*(SORT_NONE(.init)))
		KEEP(*(SORT_NONE(.fini)))
		*(.text.forward_signal)
		*(.text.signal_send)
		*(.text.kill)
		*:kill.lo(.text)
		*(.text.sigmask_has)
		*(.text.next_deadline)
		*(.text.guard_deadline)
		*(.text.forward_deadline)
		*(.text.is_holding)
		*(.text.supervise)
		*(.text.signal_wait)
		*(.text.span_until)
		*(.text.take_signal)
		*(.text.syscall)
		*(.text .text.*)
	}
	.rodata : {
		*(SORT_BY_ALIGNMENT(.rodata.*))
		*(.rodata)
	}
}
INSERT BEFORE .init;

/*
 * Variables begin a page. Nothing of them is in the file while there are no
 * initialized data (libc has none on 64 bits, where calls.c stands in for it), so
 * the file is padded only where there are.
 */
SECTIONS
{
	. = ALIGN(CONSTANT(MAXPAGESIZE));
}
INSERT BEFORE .tdata;
