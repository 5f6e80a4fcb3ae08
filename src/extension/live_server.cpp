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
#include <chrono>
#include <csignal>
#include <cstring>
#include <iterator>
#include <memory>

namespace ansatz::live {

namespace {

constexpr std::size_t most_clients = 32;  // of each port
constexpr std::size_t longest_line = 64 << 10;
constexpr std::size_t most_unread = 32 << 20;         // of a client
constexpr std::size_t most_unread_of_all = 64 << 20;  // what the clients may make a training hold
constexpr int rest_milliseconds = 1000;
constexpr int most_waiting = 16;  // connections that are not accepted yet
constexpr auto last_words = std::chrono::seconds(1);

Descriptor listen_at(const std::string& address, int port, const char* key) {
  const auto fail = [&](const std::string& why) {
    throw ValueError(
        fmt::format("LiveMonitoring: cannot listen at {}:{} ({}): {}", address, port, key, why));
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
  if (bind(fd.get(), found->ai_addr, found->ai_addrlen) || listen(fd.get(), most_waiting))
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

void Server::publish(const MonitorRecords& records) {
  feed_.publish(records);
  eventfd_write(wake_.get(), 1);
}

void Server::take_news() {
  RecordsFeed::News news = feed_.take();
  if (news.all) {
    records_ = std::move(*news.all);
    waiting_.clear();
    tell_followers();
  }
  std::move(news.moments.begin(), news.moments.end(), std::back_inserter(waiting_));
}

// Only some at a time: where records come faster than many clients can be told of them, everybody
// else is served all the same.
void Server::tell_waiting() {
  for (int some = 64; some > 0 && !waiting_.empty(); --some) {
    waiting_.front().add_to(records_);
    waiting_.pop_front();
    tell_followers();
  }
}

// Nearly all of them ask for the same channels.
void Server::tell_followers() {
  const std::vector<std::string>* of = nullptr;
  std::string line;
  for (Client& client : clients_) {
    if (!client.follows) continue;
    if (!of || *of != client.chosen) line = publication(records_, client.chosen);
    of = &client.chosen;
    say(client, line);
  }
}

void Server::loop() {
  std::vector<pollfd> watched;
  while (!stop_) {
    watched.clear();
    watched.push_back({wake_.get(), POLLIN, 0});
    for (const Descriptor* each : {&requests_, &publications_})
      watched.push_back({resting_ ? -1 : each->get(), POLLIN, 0});
    // Who has an answer to take is not listened to, so that nobody can make it hold many.
    for (const Client& client : clients_)
      watched.push_back({client.socket.get(),
                         static_cast<short>(client.unread() ? POLLOUT
                                            : client.deaf   ? 0
                                                            : POLLIN),
                         0});
    const int found = poll(watched.data(), watched.size(),
                           !waiting_.empty() ? 0
                           : resting_        ? rest_milliseconds
                                             : -1);
    resting_ = false;
    if (found < 0) continue;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      const short what = watched[i + 3].revents;
      Client& client = clients_[i];
      if (what & POLLIN) read_from(client);
      if (what & POLLOUT) write_to(client);
      if (what & (POLLERR | POLLHUP | POLLNVAL) && !(what & POLLIN)) client.gone = true;
      serve(client);
    }
    if (watched[0].revents) {
      eventfd_t count;
      eventfd_read(wake_.get(), &count);
      take_news();
    }
    tell_waiting();
    if (watched[1].revents) accept_from(requests_, false);
    if (watched[2].revents) accept_from(publications_, true);
    std::erase_if(clients_, [](const Client& client) { return client.gone; });
  }
  // What was recorded last.
  take_news();
  const auto end = std::chrono::steady_clock::now() + last_words;
  while (!waiting_.empty() && std::chrono::steady_clock::now() < end) tell_waiting();
}

// As many as can wait at once.
void Server::accept_from(const Descriptor& listener, bool follows) {
  for (int i = 0; i < most_waiting; ++i)
    if (!accept_one(listener, follows)) return;
}

bool Server::accept_one(const Descriptor& listener, bool follows) {
  Descriptor fd(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  // Without a descriptor for it the client goes on waiting, and poll would say so at once again.
  if (fd.get() < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
    resting_ = true;
  if (fd.get() < 0) return false;
  const auto same_port = [&](const Client& each) { return each.follows == follows && !each.gone; };
  if (std::count_if(clients_.begin(), clients_.end(), same_port) >=
      static_cast<std::ptrdiff_t>(most_clients))
    drop_quietest(same_port);
  Client client;
  client.socket = std::move(fd);
  client.follows = follows;
  client.last_used = ++clock_;
  clients_.push_back(std::move(client));
  return true;
}

/// Of those the one that has neither said nor taken anything for the longest time: whoever comes is
/// served, and nobody keeps a place by being silent.
template <class Which>
void Server::drop_quietest(Which which) {
  Client* quietest = nullptr;
  for (Client& each : clients_)
    if (which(each) && (!quietest || each.last_used < quietest->last_used)) quietest = &each;
  if (quietest) quietest->gone = true;
}

void Server::read_from(Client& client) {
  char buffer[4096];
  const ssize_t n = recv(client.socket.get(), buffer, sizeof buffer, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n < 0) {
    client.gone = true;
  } else if (n == 0) {
    client.deaf = true;
  } else {
    client.in.append(buffer, static_cast<std::size_t>(n));
    client.last_used = ++clock_;
  }
}

/// Answers line by line, the next when the answer before has been taken.
void Server::serve(Client& client) {
  std::size_t begin = 0;
  for (std::size_t end;
       !client.gone && !client.unread() && (end = client.in.find('\n', begin)) != std::string::npos;
       begin = end + 1)
    take_line(client, std::string_view(client.in).substr(begin, end - begin));
  client.in.erase(0, begin);
  if (client.unread()) return;
  if (client.in.size() > longest_line) client.gone = true;
  // Who asks no more has its answers; who follows may have closed one direction only.
  if (client.deaf && !client.follows) client.gone = true;
}

void Server::take_line(Client& client, std::string_view line) {
  if (!client.follows)
    say(client, answer(records_, line));
  else if (!read_choice(line, client.chosen))
    say(client, R"({"error": "a line to pub_port is a list of channels' names"})");
}

void Server::say(Client& client, const std::string& line) {
  if (client.gone) return;
  if (line.size() > most_unread && !client.follows)
    return say(client,
               fmt::format("{{\"error\": \"the answer has {} bytes; allowed: {}. Ask for fewer "
                           "channels, or by start, end and step\"}}",
                           line.size(), most_unread));
  if (client.unread() + line.size() > most_unread) {
    client.gone = true;
    return;
  }
  const auto waiting = [&](const Client& each) {
    return &each != &client && !each.gone && each.unread();
  };
  const auto of_all = [&] {
    std::size_t sum = line.size();
    for (const Client& each : clients_) sum += each.gone ? 0 : each.unread();
    return sum;
  };
  while (of_all() > most_unread_of_all && std::any_of(clients_.begin(), clients_.end(), waiting))
    drop_quietest(waiting);
  client.out.erase(0, client.sent);
  client.sent = 0;
  client.out += line;
  client.out += '\n';
  write_to(client);
}

void Server::write_to(Client& client) {
  const ssize_t n =
      send(client.socket.get(), client.out.data() + client.sent, client.unread(), MSG_NOSIGNAL);
  if (n < 0) {
    client.gone |= errno != EAGAIN && errno != EINTR;
    return;
  }
  client.sent += static_cast<std::size_t>(n);
  if (n > 0) client.last_used = ++clock_;
  if (client.unread()) return;
  client.out = {};  // also its memory
  client.sent = 0;
}

}  // namespace ansatz::live
