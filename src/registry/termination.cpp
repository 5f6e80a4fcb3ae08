#include "builtin.hpp"

#include <ansatz/termination/channels.hpp>
#include <ansatz/termination/combined.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <ansatz/termination/monitor_based.hpp>
#include <ansatz/termination/patience.hpp>
#include <ansatz/termination/time_budget.hpp>

namespace ansatz {

void add_termination(Registry& registry) {
  Adder to(registry, __FILE__);
  to.add<EpochCounter>("stop after a number of epochs");
  to.add<MonitorBased>("stop when a channel no longer falls");
  to.add<PatienceBasedTermCrit>("stop when a channel has not fallen for long, seen from the start");
  to.add<MatchChannel>("stop when a channel has come down to a record of an earlier monitor");
  to.add<ChannelTarget>("stop when a channel is at a value or below");
  to.add<ChannelInf>("stop when a channel is infinite");
  to.add<And>("stop when one of the criteria says so, asked in turn up to that one");
  to.add<Or>("stop when all criteria say so, asked in turn up to the first that does not");
  to.add<All>("stop when all criteria say so; each is asked");
  to.add<Any>("stop when any criterion says so; each is asked");
  to.add<TimeBudget>("stop after a number of seconds");
}

}  // namespace ansatz
