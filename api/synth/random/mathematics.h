// The few functions of analysis that the synthetic world needs, from +, -, *, / and exact scaling only: the same
// bits on every machine, whatever its mathematical library. Relative error below 1e-9. Pure.
#pragma once

namespace ishi::synth {

double exponential(double x);        // e^x, |x| <= 700
double natural_logarithm(double x);  // x > 0
double square_root(double x);        // x >= 0
double normal_quantile(double p);    // inverse of the standard normal distribution, 0 < p < 1

}  // namespace ishi::synth
