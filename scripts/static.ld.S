/* SPDX-License-Identifier: MIT */
/*
 * static.ld - added to GNU ld's own script (INSERT) for a static link.
 *
 * A section costs 64 bytes of the file for its header: what libc's start-up
 * brings in sections of 3 to 8 bytes joins .text. What the compiler brings
 * for constructors, transactional memory and unwinding nobody uses: libc
 * calls what stands between __init_array_start and _end, which is nothing.
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
		*crtend*.o(.eh_frame)
	}
	.text : ALIGNED_TO {
		KEEP(*(SORT_NONE(.init)))
		KEEP(*(SORT_NONE(.fini)))
		*(.text .text.*)
	}
	.rodata : {
		*(SORT_BY_ALIGNMENT(.rodata.*))
		*(.rodata)
	}
}
INSERT BEFORE .init;

/*
 * One page: initialized data, libc's variables and the first of the
 * supervisor's lie on one, for which the file is padded where it must be. With
 * musl that page is all that a reaper writes beside its stack. 0x40: tables
 * before .data; 0x380: libc's variables, 0x260, and the supervisor's. Where
 * they cannot fit nothing is padded.
 */
SECTIONS
{
	. = SIZEOF(.data) + 0x40 + ALIGNOF(.bss) + 0x380 <= 0x1000 &&
		ALIGN((. & 0xfff) + 0x40 + SIZEOF(.data), ALIGNOF(.bss)) +
		0x380 > 0x1000 ? ALIGN(0x1000) : .;
}
INSERT BEFORE .tdata;
