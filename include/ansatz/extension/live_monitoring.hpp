// LiveMonitoring: the channels of a run in progress, over a socket.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Serves the monitor's records over TCP as lines of JSON, in a thread of its own; training never
/// waits for a client. At req_port each line is a request and gets one line back:
///
///     {"request": "list_channels"}
///         -> {"channels": ["objective", …]}
///     {"request": "update_channels", "channels": ["objective"], "start": 0, "end": -1, "step": 1}
///         -> {"channels": {"objective": {"val_record": […], "epoch_record": […],
///             "batch_record": […], "example_record": […], "time_record": […]}}}
///
/// start and end count a channel's records, end -1 meaning after the last, and may be left out, as
/// may step. A request that is not understood gets {"error": "…"}. At pub_port every client gets a
/// line after each monitoring step, {"epochs_seen": 3, "batches_seen": …, "examples_seen": …,
/// "seconds": …, "channels": {"objective": .5, …}}; a line ["objective", …] from it chooses the
/// channels. What is no finite number is null.
///
/// There is no encryption and no password: whoever reaches the port reads the records. It listens
/// to this machine only unless `address` says otherwise ("*": every network). A port 0 is any free
/// one; ports are told on standard error. At most 32 clients; one that sends lines above 64 kB, or
/// leaves more than 16 MB of answers unread, is cut off.
class LiveMonitoring : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.train_extensions.live_monitoring.LiveMonitoring";
  static constexpr const char* doc = "serves the channels as JSON while the job runs";
  String address = "127.0.0.1";
  int req_port = 5555, pub_port = 5556;

  constexpr LiveMonitoring() {}
  template <KeyOf<LiveMonitoring>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit LiveMonitoring(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using This = LiveMonitoring;
    key("address", &This::address, "address of this machine to listen at; \"*\": all of them");
    key("req_port", &This::req_port, "port of requests; 0: any").from_to(0, 65535).noun("ports");
    key("pub_port", &This::pub_port, "port that tells every monitoring step; 0: any")
        .from_to(0, 65535)
        .noun("ports");
  }

  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
