// Stores that pass by a CPU's caches, for tensors so large that little of them would still be there when they are read
// again. An ordinary store first reads the line that it overwrites: a third more for a kernel that reads two tensors and
// writes one. On other devices, and where halves are stored, there is none.
//
//     const bool streams = isStreamed(target, rows, channels);
//     … writeActivation16(value, target + place, streams); …
//     endStreaming(streams);
#include "Common/Activation.h"

// From how many bytes on a tensor is streamed.
#define STREAMED_BYTES (8 << 20)

#if defined(CPU_LIKE) && !defined(HALF_ACTIVATIONS) && defined(__has_builtin)
#if __has_builtin(__builtin_nontemporal_store) && __has_builtin(__sync_synchronize)
#define HAS_STREAMING
#endif
#endif

#ifdef HAS_STREAMING
// Whether a tensor [rows, channels] is. Such stores need vectors that lie on multiples of their own size.
#define isStreamed(tensor, rows, channels)                                                      \
    ((ulong)(rows) * (channels) * sizeof(Activation) >= STREAMED_BYTES && (channels) % 16 == 0 \
        && (size_t)(tensor) % sizeof(float16) == 0)
#define streamActivation16(value, pointer) __builtin_nontemporal_store(value, (__global float16 *)(pointer))
// Other threads may see such stores later than what is stored after them: a work-item that streams ends with this.
#define endStreaming(streams) \
    if (streams) __sync_synchronize()
#else
#define isStreamed(tensor, rows, channels) false
#define streamActivation16(value, pointer)
#define endStreaming(streams)
#endif

// Writes 16 activations, past the caches where the tensor is streamed.
#define writeActivation16(value, pointer, streams) \
    do {                                           \
        if (streams) {                             \
            streamActivation16(value, pointer);    \
        } else {                                   \
            storeActivation16(value, pointer);     \
        }                                          \
    } while (0)

// The same for a vector of Vector.h, of which `remaining` elements exist: all, where the tensor is streamed.
#define writeActivations(value, pointer, remaining, streams) \
    do {                                                     \
        if (streams) {                                       \
            streamActivation16(value, pointer);              \
        } else {                                             \
            storeActivations(value, pointer, remaining);     \
        }                                                    \
    } while (0)
