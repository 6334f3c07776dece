/* SPDX-License-Identifier: MIT */
/*
 * strings.c - string functions in libc's place, as calls.c has system calls: a
 * libc's are made for long strings, and we have short ones. Contracts: NAME(3),
 * for the letters of the C locale. Pure.
 */
//kbuild:obj-y += strings.o

#include "libbb.h"
#include <limits.h>
#include <string.h>
#include <strings.h>

#define ANY_LENGTH INT_MAX

size_t __wrap_strlen(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

void *__wrap_memchr(const void *from, int byte, size_t bytes)
{
	uintptr_t at = (uintptr_t)from;

	for (; bytes; at++, bytes--)
		if (*(unsigned char *)at == (unsigned char)byte)
			return (void *)at;
	return NULL;
}

char *__wrap_strchr(const char *text, int letter)
{
	uintptr_t at = (uintptr_t)text;

	while (*(char *)at != (char)letter)
		if (*(char *)at++ == '\0')
			return NULL;
	return (char *)at;
}

void *__wrap_memrchr(const void *from, int byte, size_t bytes)
{
	uintptr_t at = (uintptr_t)from + bytes;

	while (at-- > (uintptr_t)from)
		if (*(unsigned char *)at == (unsigned char)byte)
			return (void *)at;
	return NULL;
}

char *__wrap_strrchr(const char *text, int letter)
{
	return memrchr(text, letter, strlen(text) + 1);
}

static int small(unsigned char letter)
{
	return letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter;
}

int __wrap_strncmp(const char *a, const char *b, size_t most)
{
	for (; most; a++, b++, most--)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

int __wrap_strcmp(const char *a, const char *b)
{
	return strncmp(a, b, ANY_LENGTH);
}

int __wrap_strncasecmp(const char *a, const char *b, size_t most)
{
	for (; most; a++, b++, most--)
		if (small(*a) != small(*b) || !*a)
			return small(*a) - small(*b);
	return 0;
}

int __wrap_strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, ANY_LENGTH);
}
