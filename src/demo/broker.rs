//! The embedded broker: MQTT 3.1.1 and 5 on one port, everything in memory, nothing on disk.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use tokio::{net::TcpListener, sync::broadcast, task::JoinHandle};

use super::{
    accounts::{Access, Door, Pass},
    fault::DemoFault,
    reception::Reception,
};

/// A running broker. Dropped, it stops; [`Broker::stop`] also waits until its ports are free.
#[derive(Debug)]
pub struct Broker {
    address: SocketAddr,
    web_address: Option<SocketAddr>,
    house: Option<Pass>,
    closing: broadcast::Sender<()>,
    reception: JoinHandle<()>,
}

/// Where the broker listens by default: on this machine alone, on a free port.
#[must_use]
pub const fn anywhere_here() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)
}

impl Broker {
    /// Starts a broker; port 0 takes a free one. Returns when it accepts connections.
    ///
    /// # Errors
    /// When the port cannot be had, when others could reach it and nobody said who may come in, and
    /// when the file of accounts is wrong.
    pub async fn start(listen: SocketAddr, access: Access) -> Result<Self, DemoFault> {
        Self::start_with(listen, None, access).await
    }

    /// The same, with a second port for WebSocket, path `/mqtt`.
    ///
    /// # Errors
    /// As [`Broker::start`].
    pub async fn start_with(listen: SocketAddr, web: Option<SocketAddr>, access: Access) -> Result<Self, DemoFault> {
        for address in [Some(listen), web].into_iter().flatten() {
            if access == Access::ThisMachine && !address.ip().to_canonical().is_loopback() {
                return Err(DemoFault::Open(address));
            }
        }
        let (door, house) = Door::new(&access)?;
        let (plain, address) = bind(listen).await?;
        let (web, web_address) = match web {
            Some(web) => bind(web).await.map(|(listener, address)| (Some(listener), Some(address)))?,
            None => (None, None),
        };
        let (closing, closed) = broadcast::channel(1);
        let reception = Reception::new(Arc::new(door), closing.clone());
        let reception = tokio::spawn(reception.serve(plain, web, closed));
        tracing::info!(%address, ?web_address, "the broker of the demo is up");
        Ok(Self { address, web_address, house, closing, reception })
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens for WebSocket, if it does.
    #[must_use]
    pub const fn web_address(&self) -> Option<SocketAddr> {
        self.web_address
    }

    /// The address that a client on this machine connects to: loopback where the broker listens on
    /// every address.
    #[must_use]
    pub fn near_address(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.address.port())
    }

    /// A pass for the clients of this very program; `None` where nobody is asked for one.
    #[must_use]
    pub const fn house_pass(&self) -> Option<&Pass> {
        self.house.as_ref()
    }

    /// Stops it and waits until it is gone, two seconds at most.
    pub async fn stop(mut self) {
        let _ = self.closing.send(());
        if let Err(fault) = (&mut self.reception).await {
            tracing::warn!("the broker of the demo did not stop by itself: {fault}");
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // Where it has stopped already, nobody listens any more.
        let _ = self.closing.send(());
    }
}

/// A port, and where it really is.
async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), DemoFault> {
    let listening = async {
        let listener = TcpListener::bind(address).await?;
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    };
    listening.await.map_err(|fault: io::Error| match fault.kind() {
        io::ErrorKind::AddrInUse => DemoFault::PortInUse(address),
        io::ErrorKind::PermissionDenied => DemoFault::PortForbidden(address),
        io::ErrorKind::AddrNotAvailable => DemoFault::NotHere(address),
        _ => DemoFault::Listen { address, reason: fault.to_string() },
    })
}
