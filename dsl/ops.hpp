// All ops of the language (no op)
#pragma once

// An op stands below those it is made of: then each is included from here first, and a compiler
// that says where a function was declared lists few headers on the way.
#include <dsl/ir/errors.hpp>

#include <dsl/expr.hpp>

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/cast.hpp>
#include <dsl/ops/arithmetic/copy.hpp>
#include <dsl/ops/arithmetic/floor.hpp>
#include <dsl/ops/arithmetic/logical_and.hpp>
#include <dsl/ops/arithmetic/logical_not.hpp>
#include <dsl/ops/arithmetic/logical_or.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/round.hpp>
#include <dsl/ops/arithmetic/sign.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/constant/constant.hpp>
#include <dsl/ops/control/all_reduce.hpp>
#include <dsl/ops/control/repeat.hpp>
#include <dsl/ops/random/normal.hpp>
#include <dsl/ops/random/uniform.hpp>

#include <dsl/ops/view/label_part.hpp>

#include <dsl/ops/arithmetic/equal.hpp>
#include <dsl/ops/reduce/arg_rows.hpp>

#include <dsl/ops/arithmetic/greater.hpp>
#include <dsl/ops/arithmetic/greater_equal.hpp>
#include <dsl/ops/arithmetic/less.hpp>
#include <dsl/ops/arithmetic/less_equal.hpp>
#include <dsl/ops/arithmetic/not_equal.hpp>
#include <dsl/ops/arithmetic/where.hpp>

#include <dsl/ops/activation/relu.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/expm1.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/minimum.hpp>
#include <dsl/ops/arithmetic/rsqrt.hpp>
#include <dsl/ops/arithmetic/sin.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/linear/take_rows.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/view/view.hpp>

#include <dsl/ops/activation/elu.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/erf.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/log1p.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/linear/one_hot.hpp>
#include <dsl/ops/view/reshape.hpp>
#include <dsl/ops/view/transpose.hpp>

#include <dsl/ops/activation/gelu.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/arithmetic/pow.hpp>
#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/min.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/flatten.hpp>
#include <dsl/ops/view/slice.hpp>

#include <dsl/ops/constant/arange.hpp>
#include <dsl/ops/constant/eye.hpp>
#include <dsl/ops/loss/binary_cross_entropy.hpp>
#include <dsl/ops/reduce/log_sum_exp.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/norm.hpp>
#include <dsl/ops/view/broadcast_to.hpp>
#include <dsl/ops/view/concatenate.hpp>

#include <dsl/ops/activation/log_softmax.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/constant/full.hpp>
#include <dsl/ops/reduce/argmax.hpp>
#include <dsl/ops/reduce/argmin.hpp>
#include <dsl/ops/reduce/variance.hpp>

#include <dsl/ops/loss/cross_entropy.hpp>
#include <dsl/ops/random/multinomial.hpp>
#include <dsl/ops/reduce/standard_deviation.hpp>
