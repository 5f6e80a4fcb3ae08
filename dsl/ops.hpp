// All ops of the language (no op)
#pragma once

// An op stands below those it is made of: then each is included from here first, and a compiler
// that says where a function was declared lists few headers on the way.
#include <dsl/errors.hpp>

#include <dsl/expr.hpp>

#include <dsl/ops/add.hpp>
#include <dsl/ops/cast.hpp>
#include <dsl/ops/copy.hpp>
#include <dsl/ops/floor.hpp>
#include <dsl/ops/multiply.hpp>
#include <dsl/ops/negate.hpp>
#include <dsl/ops/normal.hpp>
#include <dsl/ops/repeat.hpp>
#include <dsl/ops/round.hpp>
#include <dsl/ops/sign.hpp>
#include <dsl/ops/subtract.hpp>
#include <dsl/ops/uniform.hpp>

#include <dsl/ops/label_part.hpp>

#include <dsl/ops/arg_rows.hpp>
#include <dsl/ops/equal.hpp>

#include <dsl/ops/greater.hpp>
#include <dsl/ops/greater_equal.hpp>
#include <dsl/ops/less.hpp>
#include <dsl/ops/less_equal.hpp>
#include <dsl/ops/not_equal.hpp>
#include <dsl/ops/where.hpp>

#include <dsl/ops/abs.hpp>
#include <dsl/ops/bernoulli.hpp>
#include <dsl/ops/clip.hpp>
#include <dsl/ops/divide.hpp>
#include <dsl/ops/exp.hpp>
#include <dsl/ops/expm1.hpp>
#include <dsl/ops/maximum.hpp>
#include <dsl/ops/minimum.hpp>
#include <dsl/ops/relu.hpp>
#include <dsl/ops/rsqrt.hpp>
#include <dsl/ops/sin.hpp>
#include <dsl/ops/square.hpp>
#include <dsl/ops/take_rows.hpp>
#include <dsl/ops/view.hpp>

#include <dsl/ops/elu.hpp>
#include <dsl/ops/erf.hpp>
#include <dsl/ops/log.hpp>
#include <dsl/ops/log1p.hpp>
#include <dsl/ops/matmul.hpp>
#include <dsl/ops/one_hot.hpp>
#include <dsl/ops/reshape.hpp>
#include <dsl/ops/sigmoid.hpp>
#include <dsl/ops/sqrt.hpp>
#include <dsl/ops/stop_gradient.hpp>
#include <dsl/ops/tanh.hpp>
#include <dsl/ops/transpose.hpp>

#include <dsl/ops/convolve.hpp>
#include <dsl/ops/flatten.hpp>
#include <dsl/ops/gelu.hpp>
#include <dsl/ops/max.hpp>
#include <dsl/ops/max_pool.hpp>
#include <dsl/ops/mean_pool.hpp>
#include <dsl/ops/min.hpp>
#include <dsl/ops/pow.hpp>
#include <dsl/ops/slice.hpp>
#include <dsl/ops/softplus.hpp>
#include <dsl/ops/sum.hpp>

#include <dsl/ops/binary_cross_entropy.hpp>
#include <dsl/ops/broadcast_to.hpp>
#include <dsl/ops/concatenate.hpp>
#include <dsl/ops/log_sum_exp.hpp>
#include <dsl/ops/mean.hpp>
#include <dsl/ops/norm.hpp>

#include <dsl/ops/argmax.hpp>
#include <dsl/ops/argmin.hpp>
#include <dsl/ops/log_softmax.hpp>
#include <dsl/ops/softmax.hpp>
#include <dsl/ops/variance.hpp>

#include <dsl/ops/cross_entropy.hpp>
#include <dsl/ops/multinomial.hpp>
#include <dsl/ops/standard_deviation.hpp>
