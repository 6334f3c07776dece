/* SPDX-License-Identifier: MIT */
/*
 * memory.c - arrays that grow, for who is not PID 1. No malloc: its code would
 * weigh more than all that is stored.
 */
//kbuild:obj-y += memory.o

#include "libbb.h"
#include <sys/mman.h>

#define FIRST_BYTES 65536

void *array_room(struct array *a, size_t item_bytes)
{
	size_t bytes = a->bytes ? 2 * a->bytes : FIRST_BYTES;
	void *memory;

	if ((a->count + 1) * item_bytes > a->bytes) {
		if (a->items)
			memory = mremap(
				a->items, a->bytes, bytes, MREMAP_MAYMOVE);
		else
			memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			return NULL;
		a->items = memory;
		a->bytes = bytes;
	}
	return (char *)a->items + a->count++ * item_bytes;
}

/* What heap sort needs to know; a stands at items + a * bytes. */
struct heap {
	char *items;
	size_t bytes;
	bool (*before)(const void *a, const void *b);
};

static bool goes_before(const struct heap *h, size_t a, size_t b)
{
	return h->before(h->items + a * h->bytes, h->items + b * h->bytes);
}

static void swap(const struct heap *h, size_t a, size_t b)
{
	char *at = h->items + a * h->bytes, *other = h->items + b * h->bytes;

	for (size_t i = 0; i < h->bytes; i++) {
		char byte = at[i];

		at[i] = other[i];
		other[i] = byte;
	}
}

static void sift_down(const struct heap *h, size_t root, size_t end)
{
	for (size_t child; (child = 2 * root + 1) < end; root = child) {
		if (child + 1 < end && goes_before(h, child, child + 1))
			child++;
		if (!goes_before(h, root, child))
			return;
		swap(h, root, child);
	}
}

void array_sort(const struct array *a, size_t item_bytes,
	bool (*before)(const void *a, const void *b))
{
	const struct heap h = { a->items, item_bytes, before };

	for (size_t root = a->count / 2; root > 0; root--)
		sift_down(&h, root - 1, a->count);
	for (size_t end = a->count; end > 1; end--) {
		swap(&h, 0, end - 1);
		sift_down(&h, 0, end - 1);
	}
}
