// Philox4x32-10: block `block` of the stream (seed, purpose, step, sample), the same bits as Tensors/Philox.swift.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.

#include "Common/Vector.h"

// As many words as a work-item handles at a time.
#if VECTOR == 16
typedef uint16 Words;
#define FIRST_WORDS ((uint16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#define convertWords(words) convert_float16(words)
#else
typedef uint Words;
#define FIRST_WORDS 0u
#define convertWords(words) convert_float(words)
#endif

// The stream's name as the host passes it.
typedef struct {
    uint seedLow, seedHigh, purpose, step, sample;
} Stream;

// VECTOR neighbouring blocks, beginning with `block`: lane i of a, b, c, d are the four words of block + i.
typedef struct {
    Words a, b, c, d;
} Blocks;

Blocks philox(const Stream stream, const uint block) {
    Blocks x = {(Words)(block) + FIRST_WORDS, (Words)(stream.sample), (Words)(stream.step), (Words)(stream.purpose)};
    uint keyLow = stream.seedLow, keyHigh = stream.seedHigh;
    for (int round = 0; round < 10; ++round) {
        const Words firstLow = x.a * 0xD2511F53u, firstHigh = mul_hi(x.a, (Words)(0xD2511F53u));
        const Words secondLow = x.c * 0xCD9E8D57u, secondHigh = mul_hi(x.c, (Words)(0xCD9E8D57u));
        x.a = secondHigh ^ x.b ^ keyLow;
        x.b = secondLow;
        x.c = firstHigh ^ x.d ^ keyHigh;
        x.d = firstLow;
        keyLow += 0x9E3779B9u;
        keyHigh += 0xBB67AE85u;
    }
    return x;
}

// Words as numbers in [0, 1): their upper 24 bits, so that the conversion is exact.
Vector philoxUniform(const Words words) { return convertWords(words >> 8) * 0x1p-24f; }
