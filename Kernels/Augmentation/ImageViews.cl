// Views of images of bytes: runs the programs of Sources/Tensors/Problems/ImagePrograms.swift, then looks up what becomes
// of each byte. Every device gets the same bytes: all arithmetic is in whole numbers, or single operations in float32.
//
// Mapping: a work-group to each view, for all devices: one work-item on CPU-like ones, ITEMS on GPU-like ones, which share
// the pixels. A view is made in two images of WORKSPACE memory, local where they fit: what moves pixels reads one and writes
// the other. All work-items of a group run the same program, so barriers may stand anywhere in it.
// An image has the source's size until a GATHER or INTERPOLATE cuts out the view, which is not larger.
// Cost: for each instruction a few operations a byte; global memory sees H·W·C bytes of the source read and 4·h·w·C written.
//
// Macros: ITEMS; WORKSPACE (__local or __global); CHANNELS (1 or 3); GATHER, INTERPOLATE and so on, the instructions' numbers.

#include "Common/Tensor.h"

#if ITEMS > 1
#define SYNCHRONIZE() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define COUNT(counter) atomic_inc(&(counter))
#define ADD(counter, value) atomic_add(&(counter), value)
#else
#define SYNCHRONIZE()
#define COUNT(counter) ++(counter)
#define ADD(counter, value) (counter) += (value)
#endif

// Loops over this work-item's part of `count` things, and over its pixels.
#define EACH(i, count) for (int i = get_local_id(0); i < (count); i += ITEMS)
#if ITEMS > 1
#define EACH_PIXEL(row, column, size)                                                              \
    for (int pixel = get_local_id(0), row, column;                                                 \
         pixel < (size).area && (row = pixel / (size).width, column = pixel - row * (size).width, true); pixel += ITEMS)
#else
#define EACH_PIXEL(row, column, size)             \
    for (int row = 0; row < (size).height; ++row) \
        for (int column = 0; column < (size).width; ++column)
#endif

typedef WORKSPACE uchar *Image;
typedef WORKSPACE const uchar *ImageToRead;
typedef __global const int *Operands;

typedef struct {
    int height, width, area;
} Size;

// What the work-items of a group find out together.
typedef struct {
    uint histogram[256 * CHANNELS];
    uchar table[256 * CHANNELS];
    uint sum;
} Findings;

uchar grey(const ImageToRead pixel) {
#if CHANNELS == 3
    return (19595u * pixel[0] + 38470u * pixel[1] + 7471u * pixel[2] + 32768u) >> 16;
#else
    return pixel[0];
#endif
}

// trunc(d + strength * (v - d)), clipped to 0...255.
uchar blend(const int degenerate, const int value, const float strength) {
    const float blended = (float)degenerate + strength * (float)(value - degenerate);
    return (uchar)(int)(blended > 0.0f ? blended < 255.0f ? blended : 255.0f : 0.0f);
}

#include "Augmentation/Hue.h"

// MARK: Instructions that move pixels

void copyPixel(
    const ImageToRead from, const Image to, const Size size, const Size result, const int row, const int column,
    const int sourceRow, const int sourceColumn) {
    const bool isInside = sourceRow >= 0 && sourceRow < size.height && sourceColumn >= 0 && sourceColumn < size.width;
    const int source = isInside ? (sourceRow * size.width + sourceColumn) * CHANNELS : 0;
    const int target = (row * result.width + column) * CHANNELS;
    for (int c = 0; c < CHANNELS; ++c) to[target + c] = isInside ? from[source + c] : 0;
}

void gather(const ImageToRead from, const Image to, const Size size, const Size result, const Operands rows) {
    const Operands columns = rows + result.height;
    EACH_PIXEL(row, column, result) copyPixel(from, to, size, result, row, column, rows[row], columns[column]);
}

// In 65536ths of a pixel. A long, because a map may lead far outside.
void transform(const ImageToRead from, const Image to, const Size size, const Operands map) {
    EACH_PIXEL(row, column, size) {
        const long x = (map[0] + (long)map[1] * row + (long)map[2] * column) >> 16;
        const long y = (map[3] + (long)map[4] * row + (long)map[5] * column) >> 16;
        const bool isInside = x >= 0 && x < size.width && y >= 0 && y < size.height;
        copyPixel(from, to, size, size, row, column, isInside ? (int)y : -1, isInside ? (int)x : -1);
    }
}

void interpolate(const ImageToRead from, const Image to, const Size size, const Size result, const Operands rows) {
    const Operands columns = rows + 3 * result.height;
    EACH_PIXEL(row, column, result) {
        const ImageToRead upperRow = from + rows[3 * row] * size.width * CHANNELS;
        const ImageToRead lowerRow = from + rows[3 * row + 1] * size.width * CHANNELS;
        const float down = as_float(rows[3 * row + 2]), across = as_float(columns[3 * column + 2]);
        const int first = columns[3 * column] * CHANNELS, second = columns[3 * column + 1] * CHANNELS;
        const int target = (row * result.width + column) * CHANNELS;
        for (int c = 0; c < CHANNELS; ++c) {
            const float upper =
                (float)upperRow[first + c] * (1.0f - across) + (float)upperRow[second + c] * across;
            const float lower =
                (float)lowerRow[first + c] * (1.0f - across) + (float)lowerRow[second + c] * across;
            to[target + c] = (uchar)(int)(upper * (1.0f - down) + lower * down + 0.5f);
        }
    }
}

void sharpen(const ImageToRead from, const Image to, const Size size, const float strength) {
    const int rowLength = size.width * CHANNELS;
    EACH_PIXEL(row, column, size) {
        const bool isOutermost = row == 0 || row == size.height - 1 || column == 0 || column == size.width - 1;
        for (int c = 0; c < CHANNELS; ++c) {
            const int i = row * rowLength + column * CHANNELS + c, above = i - rowLength, below = i + rowLength;
            if (isOutermost) {
                to[i] = from[i];
                continue;
            }
            // Its own weight is 5.
            const int sum = from[above - CHANNELS] + from[above] + from[above + CHANNELS] + from[i - CHANNELS]
                + 5 * from[i] + from[i + CHANNELS] + from[below - CHANNELS] + from[below] + from[below + CHANNELS];
            to[i] = blend((2 * sum + 13) / 26, from[i], strength);
        }
    }
}

// Along rows, or along columns. The weights in the middle and outwards are in 65536ths.
void blur(
    const ImageToRead from, const Image to, const Size size, const bool isAlongRows, const int radius,
    const Operands weights) {
    const int count = isAlongRows ? size.width : size.height;
    const int step = CHANNELS * (isAlongRows ? 1 : size.width);
    EACH_PIXEL(row, column, size) {
        const int place = isAlongRows ? column : row, first = (row * size.width + column) * CHANNELS - place * step;
        for (int c = 0; c < CHANNELS; ++c) {
            const ImageToRead line = from + first + c;
            int sum = weights[0] * line[place * step] + (1 << 15);
            for (int distance = 1; distance <= radius; ++distance) {
                // Mirrored at the outermost pixels.
                const int before = max(place - distance, distance - place);
                const int beyond = place + distance - (count - 1), behind = count - 1 - max(beyond, -beyond);
                sum += weights[distance] * (line[before * step] + line[behind * step]);
            }
            to[first + place * step + c] = (uchar)(sum >> 16);
        }
    }
}

// MARK: Instructions that change an image where it lies

void apply(const Image image, const Size size, __local const uchar *table) {
    EACH(pixel, size.area) {
        for (int c = 0; c < CHANNELS; ++c) image[CHANNELS * pixel + c] = table[256 * c + image[CHANNELS * pixel + c]];
    }
}

void applyOperands(const Image image, const Size size, const Operands operands) {
    __global const uchar *table = (__global const uchar *)operands;
    EACH(i, size.area * CHANNELS) image[i] = table[image[i]];
}

void blendWithGrey(const Image image, const Size size, const float strength) {
#if CHANNELS == 3
    EACH(pixel, size.area) {
        const Image values = image + 3 * pixel;
        const uchar degenerate = grey(values);
        for (int c = 0; c < 3; ++c) values[c] = blend(degenerate, values[c], strength);
    }
#endif
}

void blendWithMean(const Image image, const Size size, const float strength, __local Findings *found) {
    if (get_local_id(0) == 0) found->sum = 0;
    SYNCHRONIZE();
    uint sum = 0;
    EACH(pixel, size.area) sum += grey(image + CHANNELS * pixel);
    ADD(found->sum, sum);
    SYNCHRONIZE();
    // Rounded: sum / area + 0.5.
    const int mean = (2 * (ulong)found->sum + size.area) / (2 * (ulong)size.area);
    EACH(v, 256) {
        const uchar value = blend(mean, v, strength);
        for (int c = 0; c < CHANNELS; ++c) found->table[256 * c + v] = value;
    }
    SYNCHRONIZE();
    apply(image, size, found->table);
}

void fillRectangle(const Image image, const Size size, const Operands operands) {
    const uint color = operands[4];
    const int columns = operands[3] - operands[2];
    EACH(pixel, (operands[1] - operands[0]) * columns) {
        const int row = operands[0] + pixel / columns, column = operands[2] + pixel % columns;
        for (int c = 0; c < CHANNELS; ++c) image[(row * size.width + column) * CHANNELS + c] = (uchar)(color >> (8 * c));
    }
}

// MARK: Instructions that need histograms

void findHistograms(const ImageToRead image, const Size size, __local Findings *found) {
    EACH(i, 256 * CHANNELS) found->histogram[i] = 0;
    SYNCHRONIZE();
    EACH(pixel, size.area) {
        for (int c = 0; c < CHANNELS; ++c) COUNT(found->histogram[256 * c + image[CHANNELS * pixel + c]]);
    }
    SYNCHRONIZE();
}

// Bits of a whole number beyond the 53 of a double's fraction; and the number rounded to 53, ties to even.
int excessBits(const ulong value) { return max(11 - (int)clz(value), 0); }

ulong roundedAsDouble(const ulong value) {
    const int excess = excessBits(value);
    if (excess == 0) return value;
    const ulong rest = value & ((1UL << excess) - 1), half_ = 1UL << (excess - 1), kept = value - rest;
    const bool isUp = rest > half_ || (rest == half_ && (value >> excess & 1) != 0);
    return kept + (isUp ? 1UL << excess : 0);
}

// trunc(v·s − smallest·s) with s = 255 / (largest − smallest), every operation rounded in double precision, which devices
// need not have: where the exact result is whole, rounding decides whether it is reached. s = fraction · 2^(excess − 55).
uchar stretched(const int v, const int smallest, const int largest) {
    if (v <= smallest) return 0;
    const ulong numerator = 255UL << 55, denominator = largest - smallest;
    // A remainder, however small, is seen by the rounding.
    const ulong quotient = numerator / denominator | (numerator % denominator != 0 ? 1 : 0);
    const int excess = excessBits(quotient);
    const ulong fraction = roundedAsDouble(quotient) >> excess;
    const ulong difference = roundedAsDouble(roundedAsDouble(v * fraction) - roundedAsDouble(smallest * fraction));
    return (uchar)min(difference >> (55 - excess), 255UL);
}

void autoContrast(const Image image, const Size size, __local Findings *found) {
    findHistograms(image, size, found);
    for (int c = 0; c < CHANNELS; ++c) {
        __local const uint *histogram = found->histogram + 256 * c;
        int smallest = 0, largest = 255;
        while (smallest < 255 && histogram[smallest] == 0) ++smallest;
        while (largest > 0 && histogram[largest] == 0) --largest;
        EACH(v, 256) {
            found->table[256 * c + v] = smallest < largest && v <= largest ? stretched(v, smallest, largest) : v;
        }
    }
    SYNCHRONIZE();
    apply(image, size, found->table);
}

void equalize(const Image image, const Size size, __local Findings *found) {
    findHistograms(image, size, found);
    EACH(c, CHANNELS) {
        __local const uint *histogram = found->histogram + 256 * c;
        int largest = 255;
        while (largest > 0 && histogram[largest] == 0) --largest;
        const uint step = (size.area - histogram[largest]) / 255;
        uint sum = step / 2;
        for (int v = 0; v < 256; ++v) {
            found->table[256 * c + v] = step == 0 ? v : min(sum / step, 255u);
            sum += histogram[v];
        }
    }
    SYNCHRONIZE();
    apply(image, size, found->table);
}

Size sizeOf(const int height, const int width) {
    const Size size = {height, width, height * width};
    return size;
}

// output[v,h,w,c] = values[c, byte of view v]. Without local memory for the two images they lie in `workspace`.
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void imageViews(
    INPUT(uchar, images), INPUT(int, words), INPUT(int, starts), INPUT(float, values), OUTPUT(float, output),
    const int height, const int width, const int viewHeight, const int viewWidth,
#if IS_LOCAL
    __local uchar *workspace
#else
    INOUT(uchar, workspace)
#endif
) {
    OPEN(images); OPEN(words); OPEN(starts); OPEN(values); OPEN(output);
    __local Findings found;
    const int view = get_group_id(0);
    const Size viewSize = sizeOf(viewHeight, viewWidth);
    Size size = sizeOf(height, width);
    const int length = size.area * CHANNELS;
#if !IS_LOCAL
    OPEN(workspace);
    workspace += (ulong)view * 2 * length;
#endif
    Operands program = words + starts[view];
    __global const uchar *source = images + (ulong)program[0] * length;
    Image image = workspace, other = workspace + length;
    EACH(i, length) image[i] = source[i];
    for (++program; *program != END;) {
        SYNCHRONIZE();
        const int instruction = *program++;
        bool hasMoved = true;
        Size result = size;
        switch (instruction) {
        case GATHER:
            result = sizeOf(program[0], program[1]);
            gather(image, other, size, result, program + 2);
            program += 2 + result.height + result.width;
            break;
        case INTERPOLATE:
            result = viewSize;
            interpolate(image, other, size, result, program);
            program += 3 * (result.height + result.width);
            break;
        case AFFINE:
            transform(image, other, size, program);
            program += 6;
            break;
        case SHARPNESS:
            sharpen(image, other, size, as_float(*program++));
            break;
        default:
            hasMoved = false;
        }
        if (hasMoved) {
            Image made = other;
            other = image;
            image = made;
            size = result;
            continue;
        }
        switch (instruction) {
        case TABLE:
            applyOperands(image, size, program);
            program += 64;
            break;
        case COLOR:
            blendWithGrey(image, size, as_float(*program++));
            break;
        case CONTRAST:
            blendWithMean(image, size, as_float(*program++), &found);
            break;
        case HUE:
            turnHue(image, size, *program++);
            break;
        case BLUR:
            blur(image, other, size, true, program[0], program + 1);
            SYNCHRONIZE();
            blur(other, image, size, false, program[0], program + 1);
            program += 2 + program[0];
            break;
        case FILL:
            fillRectangle(image, size, program);
            program += 5;
            break;
        case AUTO_CONTRAST:
            autoContrast(image, size, &found);
            break;
        case EQUALIZE:
            equalize(image, size, &found);
            break;
        }
    }
    SYNCHRONIZE();
    // Of a source that nothing has been cut out of, the centre.
    const int top = (size.height - viewHeight) / 2, left = (size.width - viewWidth) / 2;
    __global float *result = output + (ulong)view * viewSize.area * CHANNELS;
    EACH_PIXEL(row, column, viewSize) {
        const ImageToRead from = image + ((top + row) * size.width + left + column) * CHANNELS;
        __global float *to = result + (row * viewWidth + column) * CHANNELS;
        for (int c = 0; c < CHANNELS; ++c) to[c] = values[256 * c + from[c]];
    }
}
