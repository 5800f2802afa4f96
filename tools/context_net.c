/* The sparse half of a step of `context_net.py`: rows gathered, chosen among, and spread back.
 *
 * The script compiles this file for the machine that it runs on. One thread, one order of sums: the
 * same machine gives the same weights. Dense products are NumPy's. */

#include <math.h>
#include <stdint.h>
#include <string.h>

/* What is seen around each place, side by side: `close` vectors of single words, then `sums`
 * sums of stretches. `total` has room for the running sums of `count + 1` vectors. */
void
gather(const float *vectors, const int64_t *known, int64_t count, int64_t width,
       const int64_t *around, int64_t close, const int64_t *low, const int64_t *high,
       const float *scale, int64_t sums, int64_t places, double *total, float *seen)
{
    memset(total, 0, (size_t)width * sizeof *total);
    for (int64_t k = 0; k < count; k++)
        for (int64_t j = 0; j < width; j++)
            total[(k + 1) * width + j] = total[k * width + j] + vectors[known[k] * width + j];
    for (int64_t p = 0; p < places; p++) {
        float *out = seen + p * (close + sums) * width;
        for (int64_t c = 0; c < close; c++, out += width)
            memcpy(out, vectors + around[p * close + c] * width, (size_t)width * sizeof *out);
        for (int64_t s = 0; s < sums; s++, out += width) {
            const double *begin = total + low[p * sums + s] * width;
            const double *end = total + high[p * sums + s] * width;
            for (int64_t j = 0; j < width; j++)
                out[j] = (float)(end[j] - begin[j]) * scale[p * sums + s];
        }
    }
}

/* The way back of `gather`: slopes of the places to slopes of the words' vectors. */
void
spread(const float *slopes, const int64_t *known, int64_t count, int64_t width,
       const int64_t *around, int64_t close, const int64_t *low, const int64_t *high,
       const float *scale, int64_t sums, int64_t places, double *ends, float *out)
{
    memset(ends, 0, (size_t)((count + 1) * width) * sizeof *ends);
    for (int64_t p = 0; p < places; p++) {
        const float *slope = slopes + p * (close + sums) * width;
        for (int64_t c = 0; c < close; c++, slope += width) {
            float *row = out + around[p * close + c] * width;
            for (int64_t j = 0; j < width; j++)
                row[j] += slope[j];
        }
        for (int64_t s = 0; s < sums; s++, slope += width) {
            double *begin = ends + low[p * sums + s] * width;
            double *end = ends + high[p * sums + s] * width;
            for (int64_t j = 0; j < width; j++) {
                float told = slope[j] * scale[p * sums + s];
                end[j] += told;
                begin[j] -= told;
            }
        }
    }
    for (int64_t k = count - 1; k >= 0; k--) {
        double *after = ends + (k + 1) * width, *here = ends + k * width;
        float *row = out + known[k] * width;
        for (int64_t j = 0; j < width; j++) {
            row[j] += (float)after[j];
            here[j] += after[j];
        }
    }
}

/* Choose among the candidates of each place; the slopes of all that was used, if `learn`.
 * `said` has the score of each candidate before the context has spoken, place by place. */
void
choose(const float *phrases, const float *prior, int64_t size, const float *told,
       const int64_t *begins, const int64_t *counts, const int64_t *candidates,
       const float *said, const int64_t *truth, int64_t places, int learn, float *to_told,
       float *to_phrases, float *to_prior, double *loss, int64_t *right)
{
    float score[64];
    for (int64_t p = 0; p < places; p++) {
        const int64_t *mine = candidates + begins[p];
        int64_t count = counts[p], best = 0;
        const float *here = told + p * size;
        for (int64_t c = 0; c < count; c++) {
            const float *row = phrases + mine[c] * size;
            float sum = 0;
            for (int64_t j = 0; j < size; j++)
                sum += row[j] * here[j];
            score[c] = sum + prior[mine[c]] + said[c];
            if (score[c] > score[best])
                best = c;
        }
        float top = score[best], all = 0;
        for (int64_t c = 0; c < count; c++)
            all += score[c] = expf(score[c] - top);
        *right += mine[best] == truth[p];
        for (int64_t c = 0; c < count; c++) {
            float slope = score[c] / all;
            if (mine[c] == truth[p]) {
                *loss -= logf(fmaxf(slope, 1e-9f));
                slope -= 1;
            }
            if (!learn)
                continue;
            const float *row = phrases + mine[c] * size;
            float *back = to_told + p * size, *change = to_phrases + mine[c] * size;
            for (int64_t j = 0; j < size; j++) {
                back[j] += slope * row[j];
                change[j] += slope * here[j];
            }
            to_prior[mine[c]] += slope;
        }
        said += count;
    }
}

/* AdaGrad, one rate a row; the slopes are zero again afterwards. */
void
adagrad(float *rows, float *slopes, float *squares, int64_t count, int64_t width, float rate)
{
    for (int64_t k = 0; k < count; k++) {
        float *slope = slopes + k * width, sum = 0;
        for (int64_t j = 0; j < width; j++)
            sum += slope[j] * slope[j];
        if (sum == 0)
            continue;
        squares[k] += sum / (float)width;
        float by = rate / sqrtf(squares[k]);
        for (int64_t j = 0; j < width; j++) {
            rows[k * width + j] -= by * slope[j];
            slope[j] = 0;
        }
    }
}
