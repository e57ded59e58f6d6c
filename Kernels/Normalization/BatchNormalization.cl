// Batch normalization over the rows of [rows, C], fused with the leaky ReLU that follows it, for all devices (channels as
// in Common/ChannelVector.h; a row is a pixel of an image).
//
// Forward: `batchStatisticsOfChunks`, `mergeStatistics`, `normalizeBatch`. Backward: `gradientSumsOfChunks`,
// `mergeGradientSums`, `batchInputGradient`. Inference: `inverseDeviations`, `normalizeBatch`. Where convolutions gather
// the moments of what they write, or normalise what they read, `batchStatisticsOfChunks` or `normalizeBatch` is not needed.
// Mapping: along dimension 1 a work-item takes one chunk of rowsPerChunk rows; the two merging kernels go through the
// chunks in ascending order: always the same bits.
// Statistics: a chunk is read in blocks of BLOCK rows, twice: once for the block's mean, once, from the cache, for its
// squared deviations from that mean. Blocks and chunks merge by Chan's formula, so that no large number is subtracted
// from another, whatever the channel's mean.
// Cost: forward reads the input twice from memory and writes once; backward reads two tensors twice and writes once, and
// reads what is added to the input's gradient, if anything is.
#include "Common/ChannelVector.h"
#include "Common/Prefetch.h"
#include "Common/Streaming.h"
#include "Common/Tensor.h"
#include "Normalization/Normalization.h"

// Rows whose mean and deviations are found together, and rows that go through the other kernels together: fewer, so that
// memory is read in its order.
#define BLOCK 32
#define STRIP 8
// Elements from what is read now to what is fetched meanwhile: 8 KiB. A core cannot wait for memory and keep it busy. Into
// the second-level cache, which has more lines under way than the first.
#define AHEAD 2048

// The chunk of a work-item in the second pass over a tensor, whose end may still be in a cache after the first: the last
// 64 chunks first, and so on. Within these a core goes forwards, as its own fetching expects.
int chunkFromTheEnd(void) {
    const int chunks = get_global_size(1), item = get_global_id(1);
    return max(chunks - (item / 64 + 1) * 64, 0) + item % 64;
}

// partials[chunk] = [C means, C sums of squared deviations from them]
__kernel void batchStatisticsOfChunks(
    INPUT(Activation, input), OUTPUT(float, partials), const int rows, const int channels, const int rowsPerChunk) {
    OPEN(input);
    OPEN(partials);
    const int firstRow = get_global_id(1) * rowsPerChunk, endRow = min(firstRow + rowsPerChunk, rows);
    partials += get_global_id(1) * 2 * channels;
    for (int row = firstRow; row < endRow; row += BLOCK) {
        const int blockRows = min(BLOCK, endRow - row), earlierRows = row - firstRow;
        __global const Activation *block = input + (ulong)row * channels;
        CHANNEL_LOOP(c, channels) {
            Vector sum = 0.0f;
            for (int i = 0; i < blockRows; i++) {
                prefetchForLaterReading(block + i * channels + c + AHEAD);
                sum += loadActivations(block + i * channels + c, channels - c, 0.0f);
            }
            const Vector centre = sum / (float)blockRows;
            Vector deviations = 0.0f, squares = 0.0f;
            for (int i = 0; i < blockRows; i++) {
                const Vector deviation = loadActivations(block + i * channels + c, channels - c, 0.0f) - centre;
                deviations += deviation;
                squares = multiplyAdd(deviation, deviation, squares);
            }
            // What rounding left of the deviations' sum belongs to the mean.
            const Vector rest = deviations / (float)blockRows;
            Vector mean = centre + rest;
            squares -= rest * deviations;
            if (earlierRows > 0) {
                const Vector earlierMean = load(partials + c, channels - c, 0.0f);
                const Vector difference = mean - earlierMean;
                const float share = (float)blockRows / (float)(earlierRows + blockRows);
                mean = multiplyAdd(difference, (Vector)(share), earlierMean);
                squares += load(partials + channels + c, channels - c, 0.0f)
                    + difference * difference * (share * (float)earlierRows);
            }
            store(mean, partials + c, channels - c);
            store(squares, partials + channels + c, channels - c);
        }
    }
}

// mean, inverseStandardDeviation = 1 / √(biased variance + epsilon), and the running statistics moved towards the batch's
// mean and its unbiased variance (of a single row: the biased one, 0).
__kernel void mergeStatistics(
    INPUT(float, partials), OUTPUT(float, mean), OUTPUT(float, inverseStandardDeviation), INOUT(float, runningMean),
    INOUT(float, runningVariance), const int rows, const int channels, const int rowsPerChunk, const float epsilon,
    const float momentum) {
    OPEN(partials);
    OPEN(mean);
    OPEN(inverseStandardDeviation);
    OPEN(runningMean);
    OPEN(runningVariance);
    CHANNEL_LOOP(c, channels) {
        const int left = channels - c;
        __global const float *partial = partials + c;
        Vector centre = load(partial, left, 0.0f), squares = load(partial + channels, left, 0.0f);
        for (int row = rowsPerChunk; row < rows; row += rowsPerChunk) {
            partial += 2 * channels;
            const int chunkRows = min(rowsPerChunk, rows - row);
            const Vector difference = load(partial, left, 0.0f) - centre;
            const float share = (float)chunkRows / ((float)row + (float)chunkRows);
            centre = multiplyAdd(difference, (Vector)(share), centre);
            squares += load(partial + channels, left, 0.0f) + difference * difference * (share * (float)row);
        }
        store(centre, mean + c, left);
        store(1.0f / sqrt(squares / (float)rows + epsilon), inverseStandardDeviation + c, left);
        const Vector oldMean = load(runningMean + c, left, 0.0f);
        store((1.0f - momentum) * oldMean + momentum * centre, runningMean + c, left);
        const Vector variance = squares / (float)max(rows - 1, 1);
        const Vector oldVariance = load(runningVariance + c, left, 0.0f);
        store((1.0f - momentum) * oldVariance + momentum * variance, runningVariance + c, left);
    }
}

// inverseStandardDeviation = 1 / √(runningVariance + epsilon)
__kernel void inverseDeviations(
    INPUT(float, runningVariance), OUTPUT(float, inverseStandardDeviation), const int channels, const float epsilon) {
    OPEN(runningVariance);
    OPEN(inverseStandardDeviation);
    CHANNEL_LOOP(c, channels) {
        const Vector variance = load(runningVariance + c, channels - c, 0.0f);
        store(1.0f / sqrt(variance + epsilon), inverseStandardDeviation + c, channels - c);
    }
}

// y = leakyReLU((x − mean) · inverseStandardDeviation · scale + shift)
__kernel void normalizeBatch(
    INPUT(Activation, input), INPUT(float, scale), INPUT(float, shift), INPUT(float, mean),
    INPUT(float, inverseStandardDeviation), OUTPUT(Activation, output), const int rows, const int channels,
    const int rowsPerChunk, const float negativeSlope) {
    OPEN(input);
    OPEN(scale);
    OPEN(shift);
    OPEN(mean);
    OPEN(inverseStandardDeviation);
    OPEN(output);
    const bool streams = isStreamed(output, rows, channels);
    const int chunk = chunkFromTheEnd();
    const int firstRow = chunk * rowsPerChunk, endRow = min(firstRow + rowsPerChunk, rows);
    for (int row = firstRow; row < endRow; row += STRIP) {
        const int stripRows = min(STRIP, endRow - row);
        CHANNEL_LOOP(c, channels) {
            const int left = channels - c;
            const Vector centre = load(mean + c, left, 0.0f);
            const Vector inverse = load(inverseStandardDeviation + c, left, 0.0f);
            const Vector factor = load(scale + c, left, 0.0f), offset = load(shift + c, left, 0.0f);
            for (int i = 0; i < stripRows; i++) {
                const ulong place = (ulong)(row + i) * channels + c;
                prefetchForLaterReading(input + place + AHEAD);
                const Vector normalized = normalizedValue(loadActivations(input + place, left, 0.0f), centre, inverse);
                const Vector z = scaledValue(normalized, factor, offset);
                writeActivations(leakyReLU(z, negativeSlope), output + place, left, streams);
            }
        }
    }
    endStreaming(streams);
}

// partials[chunk] = [C sums of g, C sums of g · x̂], with g the gradient at z and x̂ the normalised input
__kernel void gradientSumsOfChunks(
    INPUT(Activation, outputGradient), INPUT(Activation, input), INPUT(float, scale), INPUT(float, shift), INPUT(float, mean),
    INPUT(float, inverseStandardDeviation), OUTPUT(float, partials), const int rows, const int channels,
    const int rowsPerChunk, const float negativeSlope) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(scale);
    OPEN(shift);
    OPEN(mean);
    OPEN(inverseStandardDeviation);
    OPEN(partials);
    const int firstRow = get_global_id(1) * rowsPerChunk, endRow = min(firstRow + rowsPerChunk, rows);
    partials += get_global_id(1) * 2 * channels;
    for (int row = firstRow; row < endRow; row += STRIP) {
        const int stripRows = min(STRIP, endRow - row);
        CHANNEL_LOOP(c, channels) {
            const int left = channels - c;
            const Vector centre = load(mean + c, left, 0.0f);
            const Vector inverse = load(inverseStandardDeviation + c, left, 0.0f);
            const Vector factor = load(scale + c, left, 0.0f), offset = load(shift + c, left, 0.0f);
            Vector sum = 0.0f, product = 0.0f;
            for (int i = 0; i < stripRows; i++) {
                const ulong place = (ulong)(row + i) * channels + c;
                prefetchForLaterReading(input + place + AHEAD);
                prefetchForLaterReading(outputGradient + place + AHEAD);
                const Vector normalized = normalizedValue(loadActivations(input + place, left, 0.0f), centre, inverse);
                const Vector z = scaledValue(normalized, factor, offset);
                const Vector gradient =
                    leakyReLUGradient(loadActivations(outputGradient + place, left, 0.0f), z, negativeSlope);
                sum += gradient;
                product = multiplyAdd(gradient, normalized, product);
            }
            if (row > firstRow) {
                sum += load(partials + c, left, 0.0f);
                product += load(partials + channels + c, left, 0.0f);
            }
            store(sum, partials + c, left);
            store(product, partials + channels + c, left);
        }
    }
}

// shiftGradient = Σ g, scaleGradient = Σ g · x̂
__kernel void mergeGradientSums(
    INPUT(float, partials), OUTPUT(float, scaleGradient), OUTPUT(float, shiftGradient), const int chunks,
    const int channels) {
    OPEN(partials);
    OPEN(scaleGradient);
    OPEN(shiftGradient);
    CHANNEL_LOOP(c, channels) {
        const int left = channels - c;
        __global const float *partial = partials + c;
        Vector sum = load(partial, left, 0.0f), product = load(partial + channels, left, 0.0f);
        for (int chunk = 1; chunk < chunks; chunk++) {
            partial += 2 * channels;
            sum += load(partial, left, 0.0f);
            product += load(partial + channels, left, 0.0f);
        }
        store(sum, shiftGradient + c, left);
        store(product, scaleGradient + c, left);
    }
}

// inputGradient = scale · inverseStandardDeviation · (g − shiftGradient / rows − x̂ · scaleGradient / rows) [+ addend]
__kernel void batchInputGradient(
    INPUT(Activation, outputGradient), INPUT(Activation, input), INPUT(float, scale), INPUT(float, shift), INPUT(float, mean),
    INPUT(float, inverseStandardDeviation), INPUT(float, scaleGradient), INPUT(float, shiftGradient),
    INPUT(Activation, addend), const int hasAddend, OUTPUT(Activation, inputGradient), const int rows,
    const int channels, const int rowsPerChunk, const float negativeSlope) {
    OPEN(outputGradient);
    OPEN(input);
    OPEN(scale);
    OPEN(shift);
    OPEN(mean);
    OPEN(inverseStandardDeviation);
    OPEN(scaleGradient);
    OPEN(shiftGradient);
    OPEN(addend);
    OPEN(inputGradient);
    const bool streams = isStreamed(inputGradient, rows, channels);
    const int chunk = chunkFromTheEnd();
    const int firstRow = chunk * rowsPerChunk, endRow = min(firstRow + rowsPerChunk, rows);
    for (int row = firstRow; row < endRow; row += STRIP) {
        const int stripRows = min(STRIP, endRow - row);
        CHANNEL_LOOP(c, channels) {
            const int left = channels - c;
            const Vector centre = load(mean + c, left, 0.0f);
            const Vector inverse = load(inverseStandardDeviation + c, left, 0.0f);
            const Vector factor = load(scale + c, left, 0.0f), offset = load(shift + c, left, 0.0f);
            const Vector meanGradient = load(shiftGradient + c, left, 0.0f) / (float)rows;
            const Vector slope = load(scaleGradient + c, left, 0.0f) / (float)rows;
            for (int i = 0; i < stripRows; i++) {
                const ulong place = (ulong)(row + i) * channels + c;
                prefetchForLaterReading(input + place + AHEAD);
                prefetchForLaterReading(outputGradient + place + AHEAD);
                if (hasAddend) prefetchForLaterReading(addend + place + AHEAD);
                if (!streams) prefetchForWriting(inputGradient + place + AHEAD);
                const Vector normalized = normalizedValue(loadActivations(input + place, left, 0.0f), centre, inverse);
                const Vector z = scaledValue(normalized, factor, offset);
                const Vector gradient =
                    leakyReLUGradient(loadActivations(outputGradient + place, left, 0.0f), z, negativeSlope);
                Vector result = factor * inverse * (gradient - meanGradient - normalized * slope);
                if (hasAddend) result += loadActivations(addend + place, left, 0.0f);
                writeActivations(result, inputGradient + place, left, streams);
            }
        }
    }
    endStreaming(streams);
}
