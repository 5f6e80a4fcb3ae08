#include <ansatz/extension/live_monitoring.hpp>

#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "live_server.hpp"

#include "../base/say.hpp"

#include <fmt/format.h>

namespace ansatz {

namespace {

class LiveRun final : public ExtensionRun {
 public:
  explicit LiveRun(const LiveMonitoring& d) : server_(d.address.c_str(), d.req_port, d.pub_port) {
    say(stderr, "live monitoring at {}: requests at port {}, publications at port {}\n",
        d.address.view(), server_.req_port(), server_.pub_port());
  }

  void setup(Session& session) override { server_.publish(session.records()); }
  void on_monitor(Session& session) override { server_.publish(session.records()); }

 private:
  live::Server server_;
};

}  // namespace

std::unique_ptr<ExtensionRun> LiveMonitoring::start(Session&) const {
  for (const int port : {req_port, pub_port})
    if (port < 0 || port > 65535)
      throw ValueError(fmt::format("LiveMonitoring: a port is 0 to 65535, not {}", port));
  if (req_port == pub_port && req_port != 0)
    throw ValueError(fmt::format("LiveMonitoring: req_port and pub_port are both {}", req_port));
  return std::make_unique<LiveRun>(*this);
}

}  // namespace ansatz
