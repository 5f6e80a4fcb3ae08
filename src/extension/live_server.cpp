#include "live_server.hpp"

#include <dsl/exceptions.hpp>

#include "live_answers.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>
#include <memory>
#include <numeric>

namespace ansatz::live {

namespace {

constexpr std::size_t most_clients = 32;
constexpr std::size_t longest_line = 64 << 10;
constexpr std::size_t most_unread = 16 << 20;
constexpr int rest_milliseconds = 1000;

Descriptor listen_at(const std::string& address, int port, const char* key) {
  const auto fail = [&](const std::string& why) {
    throw ValueError(fmt::format("LiveMonitoring: cannot listen at {}:{} ({}): {}", address, port,
                                 key, why));
  };
  addrinfo hints{};
  hints.ai_family = address == "*" ? AF_INET : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(address == "*" ? nullptr : address.c_str(),
                                std::to_string(port).c_str(), &hints, &found);
  if (error) fail(gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  Descriptor fd(socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (fd.get() < 0) fail(std::strerror(errno));
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd.get(), found->ai_addr, found->ai_addrlen) || listen(fd.get(), 16))
    fail(std::strerror(errno));
  return fd;
}

int port_of(const Descriptor& fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&name), &size);
  if (name.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(name).sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in&>(name).sin_port);
}

Descriptor wake_up_descriptor() {
  Descriptor fd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (fd.get() < 0)
    throw ValueError(fmt::format("LiveMonitoring: no eventfd: {}", std::strerror(errno)));
  return fd;
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

Server::Server(const std::string& address, int req_port, int pub_port)
    : requests_(listen_at(address, req_port, "req_port")),
      publications_(listen_at(address, pub_port, "pub_port")),
      wake_(wake_up_descriptor()),
      req_port_(port_of(requests_)),
      pub_port_(port_of(publications_)) {
  // Signals are for the thread that trains.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  try {
    thread_ = std::thread([this] { loop(); });
  } catch (const std::exception& e) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw ValueError(fmt::format("LiveMonitoring: no thread: {}", e.what()));
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Server::~Server() {
  stop_ = true;
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

Server::Moment Server::moment_of(const MonitorRecords& records, std::int64_t index) {
  const auto at = static_cast<std::size_t>(index);
  Moment moment{records.batch_record[at], records.example_record[at], records.epoch_record[at],
                records.time_record[at], {}};
  for (const ChannelRecords& c : records.channels)
    moment.values.push_back(c.val_record[static_cast<std::size_t>(index - c.first)]);
  return moment;
}

void Server::publish(const MonitorRecords& records) {
  const std::size_t channels = records.channels.size();
  News more;
  // A channel that came later than others, or went away: not what a moment can tell.
  const bool whole = std::all_of(records.channels.begin(), records.channels.end(), [&](auto& c) {
    return c.first + std::ssize(c.val_record) == records.size();
  });
  if (!whole || sent_moments_ < 0 || channels != sent_channels_ || records.size() <= sent_moments_)
    more.all = records;
  else  // several, when some were recorded within an epoch
    for (std::int64_t i = sent_moments_; i < records.size(); ++i)
      more.moments.push_back(moment_of(records, i));
  sent_channels_ = channels;
  sent_moments_ = records.size();
  {
    const std::lock_guard lock(mutex_);
    if (more.all)
      news_ = std::move(more);
    else
      std::move(more.moments.begin(), more.moments.end(), std::back_inserter(news_.moments));
  }
  eventfd_write(wake_.get(), 1);
}

void Server::apply(const Moment& moment) {
  records_.batches_seen = moment.batches;
  records_.examples_seen = moment.examples;
  records_.epochs_seen = moment.epochs;
  std::vector<int> which(moment.values.size());
  std::iota(which.begin(), which.end(), 0);
  records_.record(moment.seconds, which, moment.values);
}

void Server::take_news() {
  News news;
  {
    const std::lock_guard lock(mutex_);
    std::swap(news, news_);
  }
  const auto tell = [this] {
    for (Client& client : clients_)
      if (client.follows) say(client, publication(records_, client.chosen));
  };
  if (news.all) {
    records_ = std::move(*news.all);
    tell();
  }
  for (const Moment& moment : news.moments) {
    apply(moment);
    tell();
  }
}

void Server::loop() {
  std::vector<pollfd> watched;
  while (!stop_) {
    watched.clear();
    watched.push_back({wake_.get(), POLLIN, 0});
    for (const Descriptor* each : {&requests_, &publications_})
      watched.push_back({resting_ ? -1 : each->get(), POLLIN, 0});
    for (const Client& client : clients_)
      watched.push_back({client.socket.get(),
                         static_cast<short>(client.out.empty() ? POLLIN : POLLIN | POLLOUT), 0});
    const int found = poll(watched.data(), watched.size(), resting_ ? rest_milliseconds : -1);
    resting_ = false;
    if (found < 0) continue;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      const short what = watched[i + 3].revents;
      if (what & (POLLIN | POLLHUP | POLLERR)) read_from(clients_[i]);
      if (what & POLLOUT) write_to(clients_[i]);
    }
    if (watched[0].revents) {
      eventfd_t count;
      eventfd_read(wake_.get(), &count);
      take_news();
    }
    if (watched[1].revents) accept_from(requests_, false);
    if (watched[2].revents) accept_from(publications_, true);
    std::erase_if(clients_, [](const Client& client) { return client.gone; });
  }
}

void Server::accept_from(const Descriptor& listener, bool follows) {
  Descriptor fd(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  // Without a descriptor for it the client goes on waiting, and poll would say so at once again.
  if (fd.get() < 0 &&
      (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
    resting_ = true;
  if (fd.get() < 0 || clients_.size() >= most_clients) return;
  clients_.push_back({std::move(fd), follows, "", "", {}, false});
}

void Server::read_from(Client& client) {
  char buffer[4096];
  const ssize_t n = recv(client.socket.get(), buffer, sizeof buffer, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    client.gone = true;
    return;
  }
  client.in.append(buffer, static_cast<std::size_t>(n));
  std::size_t begin = 0;
  for (std::size_t end; (end = client.in.find('\n', begin)) != std::string::npos; begin = end + 1)
    take_line(client, std::string_view(client.in).substr(begin, end - begin));
  client.in.erase(0, begin);
  if (client.in.size() > longest_line) client.gone = true;
}

void Server::take_line(Client& client, std::string_view line) {
  if (!client.follows)
    say(client, answer(records_, line));
  else if (!read_choice(line, client.chosen))
    say(client, R"({"error": "a line to pub_port is a list of channels' names"})");
}

void Server::say(Client& client, const std::string& line) {
  if (client.gone) return;
  if (client.out.size() + line.size() > most_unread) {
    client.gone = true;
    return;
  }
  client.out += line;
  client.out += '\n';
  write_to(client);
}

void Server::write_to(Client& client) {
  const ssize_t n = send(client.socket.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
  if (n >= 0)
    client.out.erase(0, static_cast<std::size_t>(n));
  else if (errno != EAGAIN && errno != EINTR)
    client.gone = true;
}

}  // namespace ansatz::live
