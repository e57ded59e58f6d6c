// Hints to a CPU's caches; nothing on other devices. OpenCL's own prefetch() does nothing on PoCL.

#if defined(CPU_LIKE) && defined(__has_builtin)
#if __has_builtin(__builtin_prefetch)
#define prefetchForReading(pointer) __builtin_prefetch((const void *)(size_t)(pointer), 0)
// Into the second-level cache only.
#define prefetchForLaterReading(pointer) __builtin_prefetch((const void *)(size_t)(pointer), 0, 2)
#define prefetchForWriting(pointer) __builtin_prefetch((const void *)(size_t)(pointer), 1)
#endif
#endif
#ifndef prefetchForReading
#define prefetchForReading(pointer)
#define prefetchForLaterReading(pointer)
#define prefetchForWriting(pointer)
#endif
