// GaussNewton: products of a cost's Gauss-Newton matrix with vectors
#pragma once

#include <dsl/ops/activation/log_softmax.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/arithmetic/cast.hpp>
#include <dsl/ops/arithmetic/copy.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/loss/binary_cross_entropy.hpp>
#include <dsl/ops/loss/cross_entropy.hpp>
#include <dsl/rop.hpp>

namespace ansatz {

/// A cost as a function L of outputs z, and these as functions of the parameters. The outputs are
/// what the first ops from the cost downwards are applied to that are not linear: with
/// mean(sum(square(x - r), units)), x - r; with mean(cross_entropy(softmax(z), y)) and the cross
/// entropies of bits the operand of the softmax or sigmoid, so that losses match their outputs
/// (Schraudolph 2002). Where there is none above a product or a convolution, the cost is linear in
/// that. The Gauss-Newton matrix
///
///     G = J' L''(z) J,     J = dz / dparameters
///
/// is the Hessian of the cost where z is linear, and positive semidefinite where L is convex, as
/// squares, cross entropies and their sums are. Of a penalty such as sum(square(W)) it is the
/// Hessian.
class GaussNewton {
 public:
  /// @param cost        one number
  /// @param parameters  what it is to be made small by: parameters, or other variables
  constexpr GaussNewton(const AnyExpr& cost, const ir::List<AnyExpr>& parameters)
      : parameters_(parameters) {
    find_dependent(cost.value());
    const AnyExpr loss(loss_of(cost.value()));
    for (ir::Term* t : seen_) t->home = nullptr;
    for (const AnyExpr& z : variables_) slopes_.push_back(grad(loss, z));
  }

  /// The z, in the order in which they are met.
  constexpr const ir::List<AnyExpr>& outputs() const { return outputs_; }
  /// dL / dz, in the shapes of the outputs.
  constexpr const ir::List<AnyExpr>& slopes() const { return slopes_; }

  /// G v, in the shapes of the parameters, which v has too. Zeros where the cost is linear.
  constexpr ir::List<AnyExpr> product(const ir::List<AnyExpr>& v) const {
    const ir::List<AnyExpr> moved = rop(outputs_, parameters_, v);
    const AnyExpr along = ir::inner_product(slopes_, moved);
    ir::List<AnyExpr> curved;
    for (const AnyExpr& z : variables_) curved.push_back(grad(along, z));
    return lop(outputs_, parameters_, curved);
  }

 private:
  // Marks the terms: 1 for those that depend on the parameters, 3 for those of them that are
  // curved.
  constexpr void find_dependent(const ir::Value& root) {
    struct Visit {
      ir::Term* term = nullptr;
      int next = 0;
    };
    const ir::TermsLock lock;
    ir::List<Visit> stack;
    const auto visit = [&](ir::Term* t) {
      if (t && !marks_.holds(*t)) stack.push_back({t, 0});
    };
    visit(root.term());
    while (!stack.empty()) {
      Visit& top = stack.back();
      ir::Term* const t = top.term;
      if (marks_.holds(*t)) {
        stack.pop_back();
      } else if (top.next < t->in.size()) {
        visit(t->in[top.next++].term());
      } else {
        bool depends = t->op == ir::info_of<ops::Parameter>;
        for (const AnyExpr& p : parameters_) depends = depends || p.value().term() == t;
        if (t->op != ir::info_of<ops::StopGradient>)
          for (const ir::Value& in : t->in) depends = depends || dependent(in);
        seen_.push_back(t);
        marks_.hold(*t, depends);
        if (depends && curved(*t)) marks_.hold(*t, 3);
        stack.pop_back();
      }
    }
  }
  constexpr bool dependent(const ir::Value& v) const { return v.term() && (v.term()->id & 1); }
  constexpr bool curved(const ir::Value& v) const { return v.term() && (v.term()->id & 2); }

  // Whether t is no linear function of products and convolutions. These are not looked into: they
  // belong to the model.
  constexpr bool curved(const ir::Term& t) const {
    if (t.in.empty()) return false;
    if (!linear(t)) return t.op->kind != ir::OpKind::matmul && t.op->kind != ir::OpKind::kernel;
    for (const ir::Value& in : t.in)
      if (curved(in)) return true;
    return false;
  }

  // Whether v is linear in those of its operands that depend on the parameters.
  constexpr bool linear(const ir::Term& t) const {
    const ir::OpInfo* const op = t.op;
    if (op->kind == ir::OpKind::view || op == ir::info_of<ops::Sum> ||
        op == ir::info_of<ops::Add> || op == ir::info_of<ops::Subtract> ||
        op == ir::info_of<ops::Negate> || op == ir::info_of<ops::Copy>)
      return true;
    if (op == ir::info_of<ops::Multiply> || op->kind == ir::OpKind::matmul)
      return !dependent(t.in[0]) || !dependent(t.in[1]);
    if (op == ir::info_of<ops::Divide>) return !dependent(t.in[1]);
    if (op == ir::info_of<ops::Where>) return !dependent(t.in[0]);
    return false;
  }
  // A loss of probabilities, of which z is what these were made from.
  static constexpr bool takes_probabilities(const ir::OpInfo* op) {
    return op == ir::info_of<ops::CrossEntropy> || op == ir::info_of<ops::BinaryCrossEntropy> ||
           op == ir::info_of<ops::Log>;
  }
  static constexpr bool gives_probabilities(const ir::OpInfo* op) {
    return op == ir::info_of<ops::Softmax> || op == ir::info_of<ops::Sigmoid>;
  }

  // v written anew, with variables of their own in the place of the outputs.
  constexpr ir::Value loss_of(const ir::Value& v) {
    if (!dependent(v)) return v;
    if (!curved(v)) return variable(v);
    const ir::Term& t = *v.term();
    for (const Written& each : written_)
      if (each.from.term() == &t) return each.to;
    const bool goes_on = linear(t), matches = takes_probabilities(t.op);
    ir::List<ir::Value> in;
    for (const ir::Value& operand : t.in) {
      if (!dependent(operand)) {
        in.push_back(operand);
      } else if (goes_on) {
        in.push_back(loss_of(operand));
      } else if (matches && gives_probabilities(operand.term()->op)) {
        const ir::Term& p = *operand.term();
        in.push_back(ir::make(p.op, p.attr, variable(p.in[0])));
      } else {
        in.push_back(variable(operand));
      }
    }
    const ir::Value* const operands = in.data();
    const ir::Value made = ir::make(t.op, t.attr, operands, in.size());
    written_.push_back({v, made});
    return made;
  }
  constexpr ir::Value variable(const ir::Value& z) {
    for (int i = 0; i < outputs_.size(); ++i)
      if (outputs_[i].value().term() == z.term()) return variables_[i].value();
    outputs_.push_back(AnyExpr(z));
    variables_.push_back(AnyExpr(ir::whole_view(z)));
    return variables_[variables_.size() - 1].value();
  }

  struct Written {
    ir::Value from, to;
  };

  ir::List<AnyExpr> parameters_;
  ir::Graph marks_;  // nothing is imported into it
  ir::List<ir::Term*> seen_;
  ir::List<Written> written_;
  ir::List<AnyExpr> outputs_, variables_, slopes_;
};

}  // namespace ansatz
