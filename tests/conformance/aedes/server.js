// An aedes broker for the conformance tests: MQTT over TCP, TLS, WebSocket and secure WebSocket.
//
// node server.js FOLDER TCP_PORT TLS_PORT WS_PORT WSS_PORT
// FOLDER contains broker.pem and broker.key. The accounts are those of brokers/mod.rs.

import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import tls from "node:tls";
import aedes from "aedes";
import { WebSocketServer, createWebSocketStream } from "ws";

const [folder, ...ports] = process.argv.slice(2);
const passwords = { ann: "s3cret", bob: "s3cret" };
const mayUse = (client, topic) => client.user === "ann" || /^(allowed|ready)(\/|$)/.test(topic);

const broker = aedes({
  authenticate(client, username, password, callback) {
    const accepted = username in passwords && passwords[username] === password?.toString();
    client.user = username;
    callback(accepted ? null : Object.assign(new Error("wrong login"), { returnCode: 4 }), accepted);
  },
  authorizePublish(client, packet, callback) {
    callback(mayUse(client, packet.topic) ? null : new Error("not allowed"));
  },
  authorizeSubscribe(client, subscription, callback) {
    callback(mayUse(client, subscription.topic) ? null : new Error("not allowed"), subscription);
  },
});

const secrets = {
  cert: fs.readFileSync(path.join(folder, "broker.pem")),
  key: fs.readFileSync(path.join(folder, "broker.key")),
};

function withWebSocket(server) {
  new WebSocketServer({ server, handleProtocols: () => "mqtt" }).on("connection", (socket, request) =>
    broker.handle(createWebSocketStream(socket), request),
  );
  return server;
}

const servers = [
  net.createServer(broker.handle),
  tls.createServer(secrets, broker.handle),
  withWebSocket(http.createServer()),
  withWebSocket(https.createServer(secrets)),
];
servers.forEach((server, index) => server.listen(Number(ports[index]), "127.0.0.1"));
