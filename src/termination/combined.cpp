#include <ansatz/termination/combined.hpp>

#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

void require_criteria(const CombinedCriterion& of, const char* name) {
  if (of.criteria.empty()) throw ValueError(fmt::format("{}: needs at least one criterion", name));
}

// Asks until an answer is `decisive`, which then is the answer; otherwise the answer is the other
// one. With `every` the rest is asked all the same.
class CombinedRun final : public CriterionRun {
 public:
  CombinedRun(const CombinedCriterion& description, Session& session, bool decisive, bool every)
      : decisive_(decisive), every_(every) {
    for (const auto& each : description.criteria) runs_.push_back(each->start(session));
  }

  bool continue_learning(Session& session) override {
    bool answer = !decisive_;
    why_.clear();
    for (auto& each : runs_) {
      const bool more = each->continue_learning(session);
      if (!more) why_ += (why_.empty() ? "" : ", ") + each->why();
      if (more == decisive_) answer = decisive_;
      if (answer == decisive_ && !every_) break;
    }
    return answer;
  }
  std::string why() const override { return why_; }
  // Where one that says no ends it, the first; where all must, the last.
  std::int64_t epochs_left(const Session& session) const override {
    std::int64_t most = -1;
    for (const auto& each : runs_) {
      const std::int64_t left = each->epochs_left(session);
      if (left < 0 && decisive_) return -1;
      if (left >= 0)
        most = most < 0 ? left : decisive_ ? std::max(most, left) : std::min(most, left);
    }
    return most;
  }
  void state(Archive& archive) override {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      archive.enter(fmt::format("criteria[{}]", i));
      runs_[i]->state(archive);
      archive.leave();
    }
  }

 private:
  bool decisive_, every_;
  std::string why_;
  std::vector<std::unique_ptr<CriterionRun>> runs_;
};

}  // namespace

void CombinedCriterion::check_job(const JobFacts& facts) const {
  for (const auto& each : criteria) each->check_job(facts);
}
void CombinedCriterion::watched(std::vector<WatchedChannel>& list) const {
  for (const auto& each : criteria) each->watched(list);
}

void And::check() const { require_criteria(*this, "And"); }
void Or::check() const { require_criteria(*this, "Or"); }
void All::check() const { require_criteria(*this, "All"); }
void Any::check() const { require_criteria(*this, "Any"); }

std::unique_ptr<CriterionRun> And::start(Session& session) const {
  check();
  return std::make_unique<CombinedRun>(*this, session, false, false);
}
std::unique_ptr<CriterionRun> Or::start(Session& session) const {
  check();
  return std::make_unique<CombinedRun>(*this, session, true, false);
}
std::unique_ptr<CriterionRun> All::start(Session& session) const {
  check();
  return std::make_unique<CombinedRun>(*this, session, true, true);
}
std::unique_ptr<CriterionRun> Any::start(Session& session) const {
  check();
  return std::make_unique<CombinedRun>(*this, session, false, true);
}

}  // namespace ansatz
